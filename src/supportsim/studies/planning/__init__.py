"""Planning: the staffing that targets ask for, and what a staffing can bear."""
