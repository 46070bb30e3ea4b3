# The same image around a binary that was built outside, for everyday loops: seconds instead of minutes.
# deploy/host-built puts the binary where this file takes it from. Releases are made by deploy/Dockerfile.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 dadashop \
    && useradd --uid 10001 --gid dadashop --home-dir /var/lib/dadashop --shell /usr/sbin/nologin dadashop \
    && install -d -o dadashop -g dadashop -m 0700 /var/lib/dadashop /var/lib/dadashop/sandbox /var/lib/dadashop/media
COPY deploy/ready /usr/local/bin/ready
COPY target/image/dadashop /usr/local/bin/dadashop
USER 10001:10001
WORKDIR /var/lib/dadashop
ENV DADASHOP_MODE=production DADASHOP_DATA_DIR=/var/lib/dadashop
# Hashing a password takes 19 MiB for some milliseconds. Left to itself, glibc keeps them, once for each thread: a crowd
# that registers took users-svc beyond 112 MiB. So large pieces go back at once, and few arenas are kept.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=4194304
ENTRYPOINT ["dadashop"]
