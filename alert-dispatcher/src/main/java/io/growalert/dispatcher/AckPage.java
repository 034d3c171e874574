package io.growalert.dispatcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.growalert.dispatcher.ack.Acknowledgement;
import io.growalert.dispatcher.ack.IncidentAcknowledgements;
import io.growalert.dispatcher.ack.LinkedIncidents;
import io.growalert.dispatcher.ack.LinkedIncidents.Linked;
import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.link.AckToken;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.Operator;
import io.growalert.runtime.http.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The page behind the link in a message. Mail scanners and chats open links, so opening it changes nothing; its button
 * acknowledges. The signed token replaces an operator's identity.
 */
@RestController
class AckPage {
    private static final int MAX_NAMED = 10;
    private static final Template PAGE = template();
    private static final byte[] STYLE = bytes("ack.css");
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, UTF_8);
    private static final MediaType CSS = MediaType.parseMediaType("text/css;charset=UTF-8");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
                    + "frame-ancestors 'none'";

    private final Optional<AckLinks> links;
    private final LinkedIncidents linked;
    private final IncidentAcknowledgements acknowledgements;
    private final AuditLog audit;
    private final Clock clock;

    AckPage(
            DispatcherSettings settings,
            LinkedIncidents linked,
            IncidentAcknowledgements acknowledgements,
            AuditLog audit,
            Clock clock) {
        links = settings.ackLinks();
        this.linked = linked;
        this.acknowledgements = acknowledgements;
        this.audit = audit;
        this.clock = clock;
    }

    @GetMapping(AckLinks.PATH)
    ResponseEntity<String> show(@RequestParam(name = AckLinks.TOKEN, defaultValue = "") List<String> tokens) {
        var token = same(tokens);
        return switch (read(token)) {
            case AckToken.Reading.Valid(var valid) -> page(token, linked.of(valid), "");
            case AckToken.Reading.Expired _ -> expired();
            case AckToken.Reading.Forged _ -> forged();
        };
    }

    /** Acknowledges what is still open and not acknowledged, until it is resolved. */
    @PostMapping(AckLinks.PATH)
    ResponseEntity<String> acknowledge(@RequestParam(name = AckLinks.TOKEN, defaultValue = "") List<String> tokens) {
        var token = same(tokens);
        return switch (read(token)) {
            case AckToken.Reading.Valid(var valid) -> {
                var done = acknowledge(valid) ? "Thank you. It is acknowledged." : "";
                yield page(token, linked.of(valid), done);
            }
            case AckToken.Reading.Expired _ -> expired();
            case AckToken.Reading.Forged _ -> forged();
        };
    }

    /** False when there was nothing to acknowledge. */
    private boolean acknowledge(AckToken token) {
        var by = new Operator("link:" + token.receiver(), Role.OPERATOR);
        var incidents = linked.of(token).stream().map(Linked::incident).toList();
        var made = audit.createAll(
                by,
                AckApi.ACKNOWLEDGE,
                () -> acknowledgements.acknowledgeOpen(incidents, by.name()).now(),
                Acknowledgement::incident);
        return !made.isEmpty();
    }

    @GetMapping(AckLinks.PATH + "/style.css")
    ResponseEntity<byte[]> style() {
        return ResponseEntity.ok()
                .contentType(CSS)
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic())
                .body(STYLE);
    }

    /** The link's address and the page's form may both have the token; empty for different ones. */
    private static String same(List<String> tokens) {
        return tokens.stream().distinct().count() == 1 ? tokens.getFirst() : "";
    }

    private AckToken.Reading read(String token) {
        return links.map(known -> known.read(token, clock.instant())).orElseGet(AckToken.Reading.Forged::new);
    }

    private static ResponseEntity<String> forged() {
        return message(
                HttpStatus.BAD_REQUEST, "This link is not valid", "Open the link in the message again, completely.");
    }

    private static ResponseEntity<String> expired() {
        return message(
                HttpStatus.GONE, "This link has expired", "A link is valid for 7 days. A later message has a new one.");
    }

    private static ResponseEntity<String> message(HttpStatus status, String title, String text) {
        return answer(status, Map.of("title", title, "text", text, "incidents", List.of(), "canAcknowledge", false));
    }

    /** @param done what a request just did; empty for nothing */
    private static ResponseEntity<String> page(String token, List<Linked> incidents, String done) {
        if (incidents.isEmpty()) {
            return message(HttpStatus.GONE, "Nothing to acknowledge", "The incident is no longer stored.");
        }
        long open = incidents.stream().filter(Linked::needsAcknowledgement).count();
        var variables = new HashMap<String, Object>();
        variables.put("title", title(incidents, open));
        variables.put("text", done);
        variables.put(
                "incidents",
                incidents.stream().limit(MAX_NAMED).map(AckPage::row).toList());
        variables.put(
                "more", incidents.size() > MAX_NAMED ? "and %,d more".formatted(incidents.size() - MAX_NAMED) : "");
        variables.put("canAcknowledge", open > 0);
        variables.put("token", token);
        return answer(HttpStatus.OK, variables);
    }

    private static String title(List<Linked> incidents, long open) {
        if (open > 1) {
            return "Acknowledge %,d incidents".formatted(open);
        }
        if (open == 1) {
            return "Acknowledge this incident";
        }
        return incidents.stream().allMatch(Linked::isResolved) ? "Already resolved" : "Acknowledged";
    }

    private static Map<String, Object> row(Linked incident) {
        var row = new HashMap<String, Object>();
        row.put("monitor", incident.monitor());
        row.put("series", incident.series());
        row.put("summary", incident.summary());
        row.put("status", incident.status());
        row.put("since", TIME.format(incident.firedAt()));
        row.put("resolved", incident.resolvedAt() == null ? "" : TIME.format(incident.resolvedAt()));
        row.put("acknowledged", incident.acknowledgement() == null ? "" : words(incident.acknowledgement()));
        return row;
    }

    private static String words(Acknowledgement acknowledgement) {
        var until = acknowledgement.until();
        return "by %s at %s%s"
                .formatted(
                        acknowledgement.by(),
                        TIME.format(acknowledgement.at()),
                        until == null ? ", until it is resolved" : ", until " + TIME.format(until));
    }

    private static ResponseEntity<String> answer(HttpStatus status, Map<String, Object> variables) {
        return ResponseEntity.status(status)
                .contentType(HTML)
                .cacheControl(CacheControl.noStore())
                // without a referrer, older browsers send no origin that could be checked
                .header("Referrer-Policy", "same-origin")
                .header("X-Robots-Tag", "noindex, nofollow")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", POLICY)
                .body(PAGE.execute(variables));
    }

    private static Template template() {
        return Mustache.compiler()
                .escapeHTML(true)
                .defaultValue("")
                .emptyStringIsFalse(true)
                .compile(new String(bytes("ack.html.mustache"), UTF_8));
    }

    private static byte[] bytes(String name) {
        try (var in = Objects.requireNonNull(AckPage.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
