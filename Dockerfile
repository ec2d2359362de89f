# The official image, plus the Python packages of the three addons. Addons and configuration are
# mounted by docker-compose.yml, so that a new version of them needs no new image.
FROM odoo:19.0

# The user names are the base image's own, so they resolve wherever it runs (hadolint's DL3066).
# hadolint ignore=DL3066
USER root
COPY requirements.txt /tmp/requirements.txt

# Odoo runs with the system's Python, which PEP 668 marks as managed by apt. A virtual environment would
# not be seen by /usr/bin/odoo, so the mark is overridden, knowingly: the image has one purpose, and
# pip still refuses to replace a package that apt installed. The imports prove that what was added
# and what Odoo came with fit together, at build time rather than at the first login.
RUN pip3 install --no-cache-dir --break-system-packages --requirement /tmp/requirements.txt \
    && rm /tmp/requirements.txt \
    && python3 -c "import OpenSSL, cryptography, odoo, requests"

# hadolint ignore=DL3066
USER odoo
