"""The operations of the contract, each as a view."""
