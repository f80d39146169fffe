"""QUERY → PAGE: asks `data`, draws, and computes nothing."""
