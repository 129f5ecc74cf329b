"""The day on which the preview changes: upstream, diff, changelog, release."""
