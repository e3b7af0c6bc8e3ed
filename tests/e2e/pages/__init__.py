"""The pages that a person sees, by what can be read and done there."""
