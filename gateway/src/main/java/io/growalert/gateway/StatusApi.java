package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.definitions.ChangedFiles;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.EmptyFiles;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.gateway.status.StatusPageDefinition;
import io.growalert.gateway.status.StatusPageFiles;
import io.growalert.gateway.status.StatusReports;
import io.growalert.gateway.status.StatusText;
import io.growalert.runtime.loop.Loop;
import io.growalert.runtime.loop.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** {@code /status/NAME}, {@code .json} and {@code .svg}: the status pages of the definition files, which it reads again when they change. */
final class StatusApi implements AutoCloseable {
    static final String PREFIX = "/status/";

    private static final Logger LOG = LoggerFactory.getLogger(StatusApi.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final MediaType HTML = MediaType.valueOf("text/html;charset=UTF-8");
    private static final MediaType SVG = MediaType.valueOf("image/svg+xml;charset=UTF-8");
    private static final CacheControl SHARED =
            CacheControl.maxAge(Duration.ofSeconds(15)).cachePublic();
    private static final String NOTHING_YET = "No results are available at the moment.";

    private final List<Path> files;
    private final StatusReports reports;
    private final ChangedFiles changed;
    private final Loop watch = new Loop("status-pages", "Reading the status pages failed; retrying", this::reload);

    private final Map<String, Rendered> texts = new ConcurrentHashMap<>();
    private volatile List<StatusPageDefinition> pages = List.of();
    private volatile Optional<String> rejected = Optional.empty();

    /** @param problems one line each; empty when there is none */
    private record Candidate(List<StatusPageDefinition> pages, String problems) {}

    /** Files that are invalid do not prevent the gateway's start: there are no pages until they are fixed. */
    StatusApi(List<Path> files, StatusReports reports) {
        this.files = List.copyOf(files);
        this.reports = reports;
        changed = new ChangedFiles(files);
        use(read());
        if (!files.isEmpty()) {
            watch.start();
        }
    }

    /** Of the watch; empty without files. */
    Optional<Progress> progress() {
        return files.isEmpty() ? Optional.empty() : Optional.of(watch.progress());
    }

    /** Why the files are not in use in their current state, one line for each problem; empty when they are. */
    Optional<String> rejected() {
        return rejected;
    }

    private Duration reload(Loop loop) {
        changed.read(this::read).ifPresent(this::use);
        return EVERY;
    }

    private Candidate read() {
        var problems = new Problems();
        var read = StatusPageFiles.read(files, Variables.environment(), problems);
        EmptyFiles.report(files, Variables.environment(), problems);
        return new Candidate(read, lines(problems));
    }

    private void use(Candidate candidate) {
        if (!candidate.problems().isEmpty()) {
            rejected = Optional.of(candidate.problems());
            LOG.atError()
                    .addKeyValue("problems", candidate.problems())
                    .log("Definition files are invalid; the previous status pages stay");
            return;
        }
        pages = candidate.pages();
        rejected = Optional.empty();
        reports.retain(pages);
        texts.clear();
        if (!files.isEmpty()) {
            LOG.atInfo().addKeyValue("pages", pages.size()).log("Status pages loaded");
        }
    }

    private static String lines(Problems problems) {
        return problems.inOrder().stream().map(DefinitionProblem::toString).collect(Collectors.joining("\n"));
    }

    ServerResponse answer(ServerRequest request) {
        var name = request.path().substring(PREFIX.length());
        var form = name.endsWith(".json") ? ".json" : name.endsWith(".svg") ? ".svg" : "";
        var page = find(name.substring(0, name.length() - form.length()));
        if (page.isEmpty()) {
            return OwnRoutes.problem(GatewayProblem.NOT_FOUND, null);
        }
        if (!page.get().isPublic()
                && Exchange.of(request.servletRequest()).findOperator().isEmpty()) {
            return unauthorized(page.get(), form);
        }
        var seen = reports.of(page.get());
        return switch (form) {
            case ".json" ->
                seen.map(known -> text(request, page.get(), MediaType.APPLICATION_JSON, known))
                        .orElseGet(() -> OwnRoutes.problem(GatewayProblem.BACKEND_UNAVAILABLE, EVERY));
            case ".svg" -> found(page.get(), SVG).body(StatusText.badge(page.get(), seen.orElse(null)));
            default ->
                seen.map(known -> text(request, page.get(), HTML, known))
                        .orElseGet(() -> message(
                                HttpStatus.SERVICE_UNAVAILABLE, page.get().title(), NOTHING_YET, false));
        };
    }

    /** A report as HTML or JSON, rendered and compressed once. */
    private static final class Rendered {
        private final StatusPageDefinition page;
        private final StatusReports.Seen seen;
        private final byte[] bytes;
        private volatile byte @Nullable [] compressed;

        Rendered(StatusPageDefinition page, StatusReports.Seen seen, byte[] bytes) {
            this.page = page;
            this.seen = seen;
            this.bytes = bytes;
        }

        /** By identity: a report is large, and a new one is another object. */
        @SuppressWarnings("ReferenceEquality")
        boolean isOf(StatusPageDefinition wanted, StatusReports.Seen known) {
            return page.equals(wanted) && seen.report() == known.report() && seen.stale() == known.stale();
        }

        byte[] compressed() {
            var known = compressed;
            if (known == null) {
                known = Asset.gzip(bytes);
                compressed = known;
            }
            return known;
        }
    }

    private ServerResponse text(
            ServerRequest request, StatusPageDefinition page, MediaType type, StatusReports.Seen known) {
        var rendered = texts.compute(
                page.name() + " " + type,
                (_, before) -> before != null && before.isOf(page, known)
                        ? before
                        : new Rendered(page, known, bytes(page, type, known)));
        var answer = found(page, type).header(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        return Asset.acceptsGzip(request)
                ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").body(rendered.compressed())
                : answer.body(rendered.bytes);
    }

    private static byte[] bytes(StatusPageDefinition page, MediaType type, StatusReports.Seen known) {
        return type.equals(HTML) ? StatusText.html(page, known).getBytes(UTF_8) : StatusText.json(page, known);
    }

    private Optional<StatusPageDefinition> find(String name) {
        return pages.stream().filter(page -> page.name().equals(name)).findFirst();
    }

    /** A public page may be embedded by other sites. */
    private static ServerResponse.BodyBuilder found(StatusPageDefinition page, MediaType type) {
        var answer = ServerResponse.ok().contentType(type);
        return page.isPublic()
                ? answer.cacheControl(SHARED)
                        .header(BrowserPolicy.RESOURCE_POLICY, "cross-origin")
                        .header(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                : answer.cacheControl(CacheControl.noStore());
    }

    private static ServerResponse unauthorized(StatusPageDefinition page, String form) {
        return form.isEmpty()
                ? message(HttpStatus.UNAUTHORIZED, page.name(), "This page is for operators.", true)
                : OwnRoutes.problem(GatewayProblem.OPERATOR_TOKEN_NEEDED, null);
    }

    private static ServerResponse message(HttpStatus status, String title, String message, boolean signIn) {
        return ServerResponse.status(status)
                .contentType(HTML)
                .cacheControl(CacheControl.noStore())
                .body(StatusText.html(title, message, signIn));
    }

    @Override
    public void close() {
        watch.close();
    }
}
