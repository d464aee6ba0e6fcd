# The worker, and from the same image the embedded SOAR and the command line.
# glibc, not musl (Alpine): the native core of Temporal's SDK is built for it.
FROM node:22-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json ./

FROM base AS build
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.cjs scripts/bundle-caller.cjs scripts/
COPY src src
RUN npm run build

FROM base AS dependencies
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
# The slim image has no certificate authorities; TLS to Temporal needs them. Node brings its own for SOAR.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
# SIGTERM, the default, drains: work under way has 30 s to finish.
CMD ["node", "dist/worker.js"]
