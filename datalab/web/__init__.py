"""The portal: the lab's front door for people with a browser.

It holds no data, no keys and no rule. Each page reads its input, calls one method of the core (or of the release
service, over its socket), and renders. Every page works without JavaScript.
"""
