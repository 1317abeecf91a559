"""Who is at the door: accounts of the embedded sign-in, for a lab that has no identity provider.

People and what they may do are governance; an account only proves that somebody is the person they name. A lab that
signs in at a university's or agency's identity provider has no accounts.
"""
