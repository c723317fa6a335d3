"""The measures: each declares in one place what it is, of whom, on which clock, and how it is made.

A measure takes the facts of one replication and returns an `Observation`: a numerator and a
denominator, so that replications can be put together as a ratio of expectations, or the sample of
which a quantile is wanted. `supportsim measures` prints this registry.
"""

from supportsim.measures.measure import Measure
from supportsim.measures.of_contacts import OF_CONTACTS
from supportsim.measures.of_customers import OF_CUSTOMERS
from supportsim.measures.of_teams import OF_TEAMS
from supportsim.measures.of_tickets import OF_TICKETS

MEASURES: tuple[Measure, ...] = (*OF_TICKETS, *OF_CONTACTS, *OF_CUSTOMERS, *OF_TEAMS)
