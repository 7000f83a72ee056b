"""The hand: breeds phrases, asks the ear, keeps the record."""
