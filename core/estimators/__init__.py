"""Estimators of our own: thin, scikit-learn's manners, learning step by step, stored without pickle.

They import their libraries when they are fitted, read back or asked, never before; this package itself needs
scikit-learn, so it is imported by those who build, fit or read a model.
"""
