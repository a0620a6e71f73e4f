"""One module a protocol: a real server (``serve``) and real clients (``use`` and more exact ones).

``serve(host, *ports)`` starts the server and returns its services by port. Clients take the ledger, the host that
they run on and the service, do their work, make sure of the answer, and note the contact in the ledger.
"""
