"""Published figures, the audit of them against each other, and the verdicts on a simulation."""
