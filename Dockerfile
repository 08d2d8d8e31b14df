# Two stages, so that npm's cache does not travel. The runtime that npm ci would bring is left out: the image is one.
# By its digest, for all platforms: Node 26.10.0 as it was looked at, and nothing that came under the same name later.
FROM node:26-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33 AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:26-slim@sha256:930557a230abacbc3f4fd9b8648abf8f4bee1e17cb72195dcdfb2f709bc85b33
WORKDIR /app
# One arena: each thread's own would keep memory that it never needs again. Young objects get a megabyte: the pieces of PDFs
# that they hold are given back sooner.
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data MALLOC_ARENA_MAX=1 NODE_OPTIONS=--max-semi-space-size=1
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY src src
COPY plugins plugins
# Not root: the volume is handed over to this user when the machine boots.
RUN install -d -o node -g node /data node_modules/.cache
USER node
# Proves the image, and fills the compile cache: the machine starts quicker. The service itself ends for want of settings.
RUN ["node", "bin/factuurbrug.js", "demo", "--once"]
RUN METRICS_PORT=9091 node bin/factuurbrug.js serve 2>/dev/null || true
EXPOSE 8080
# No shell and no npm in between: Node is PID 1 and gets the signal to drain.
CMD ["node", "bin/factuurbrug.js", "serve"]
