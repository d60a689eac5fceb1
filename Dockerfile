# MLflow from the very lock that the local servers come from.
FROM python:3.12-slim AS python-servers
COPY python/requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --require-hashes --only-binary :all: --no-deps -r /tmp/requirements.lock \
 && useradd --create-home app && mkdir -p /artifacts && chown app /artifacts
USER app

# The product: packages, native TensorFlow and the build, all by the bootstrap that a developer's machine uses.
FROM node:24-bookworm-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends python3 python3-venv g++ binutils util-linux \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
ENV XDG_CACHE_HOME=/app/.cache
RUN node scripts/set-up.mjs && node scripts/build.mjs \
 && mkdir -p /data && chown -R node /data
USER node
# `node` is the version that package.json pins, in this image as on every other machine.
ENV PATH=/app/node_modules/.bin:$PATH
CMD ["node", "dist/apps/api/server.js"]
