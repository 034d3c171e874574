package io.growalert.benchmarks.gateway;

import io.growalert.benchmarks.process.ChildProcess;
import io.growalert.benchmarks.process.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Debian's nginx in front of one backend, with what the gateway has and nginx can do: connections that are kept, a limit by
 * address, the same headers, an access log. Its workers are as many as the processors.
 */
final class Nginx implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
    private static final String CONFIGURATION = """
            USER
            worker_processes auto;
            pid nginx.pid;
            error_log error.log;
            events { worker_connections 4096; }
            http {
              access_log access.log;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              keepalive_requests 10000;
              limit_req_zone $binary_remote_addr zone=each:10m rate=RATEr/s;
              limit_req_status 429;
              upstream backend {
                server 127.0.0.1:BACKEND;
                keepalive 128;
                keepalive_requests 1000000;
              }
              server {
                listen 127.0.0.1:PORT;
                server_tokens off;
                client_max_body_size 64k;
                limit_req zone=each burst=BURST nodelay;
                add_header X-Request-Id $request_id;
                add_header X-Content-Type-Options nosniff;
                add_header X-Frame-Options DENY;
                add_header Content-Security-Policy "default-src 'none'";
                location / {
                  proxy_pass http://backend;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header X-Request-Id $request_id;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_read_timeout 30s;
                }
              }
            }
            """;

    private final ChildProcess process;
    private final int port;

    private Nginx(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    static boolean isHere() {
        return Files.isExecutable(PROGRAM);
    }

    /** Starts it and returns at once; what it writes stays in the folder. */
    static Nginx start(Path folder, int backend) throws IOException {
        return start(folder, backend, 1_000_000, 1_000);
    }

    /** With a limit of so many requests a second of one address, and so many at once. */
    static Nginx start(Path folder, int backend, int perSecond, int burst) throws IOException {
        int port = PortRange.free(0);
        Files.createDirectories(folder);
        // its workers write where only their user may
        var user = System.getProperty("user.name").equals("root") ? "user root;" : "";
        var configuration = folder.resolve("nginx.conf");
        Files.writeString(
                configuration,
                CONFIGURATION
                        .replace("USER", user)
                        .replace("BACKEND", String.valueOf(backend))
                        .replace("PORT", String.valueOf(port))
                        .replace("RATE", String.valueOf(perSecond))
                        .replace("BURST", String.valueOf(burst)));
        var command = List.of(
                PROGRAM.toString(), "-p", folder.toString(), "-c", configuration.toString(), "-g", "daemon off;");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console.log").toFile())
                .start();
        return new Nginx(new ChildProcess(process), port);
    }

    int port() {
        return port;
    }

    /** User and system time of its workers too, in seconds. */
    double cpuSeconds() {
        return process.cpuSeconds()
                + process.descendants().mapToDouble(ChildProcess::cpuSeconds).sum();
    }

    /** The first process ends its workers. */
    @Override
    public void close() {
        process.close();
    }
}
