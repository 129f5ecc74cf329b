"""The limiter, which bounds requests in number and rate, and the workers, which run a plan."""
