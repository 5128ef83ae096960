"""What was done with a customer's data: noted before it is done, sealed under the customer's own key."""
