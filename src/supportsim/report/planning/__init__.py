"""Staffing plans and reverse questions for people and programs."""
