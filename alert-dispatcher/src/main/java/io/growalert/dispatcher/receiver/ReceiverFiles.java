package io.growalert.dispatcher.receiver;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Section;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.handler.HandlerType;
import io.growalert.dispatcher.handler.MailServer;
import io.growalert.dispatcher.handler.Presentation;
import io.growalert.dispatcher.link.AckLinks;
import io.growalert.dispatcher.route.RouteFiles;
import io.growalert.dispatcher.route.RouteTree;
import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the {@code receivers} and the {@code routes} of definition files, and ignores their other sections. */
public final class ReceiverFiles {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final List<HandlerType> types;
    private final MailServer mail;
    private final Variables variables;
    private final Optional<URI> publicUrl;
    private final Optional<AckLinks> ackLinks;

    /** @param mail the default of handlers that send mail */
    public ReceiverFiles(List<HandlerType> types, MailServer mail, Variables variables) {
        this(types, mail, variables, Optional.empty());
    }

    /** @param publicUrl the base of links in messages; empty: messages have no link */
    public ReceiverFiles(List<HandlerType> types, MailServer mail, Variables variables, Optional<URI> publicUrl) {
        this(types, mail, variables, publicUrl, Optional.empty());
    }

    /** @param ackLinks empty: messages have no link that acknowledges */
    public ReceiverFiles(
            List<HandlerType> types,
            MailServer mail,
            Variables variables,
            Optional<URI> publicUrl,
            Optional<AckLinks> ackLinks) {
        this.ackLinks = ackLinks;
        this.publicUrl = publicUrl;
        this.types = List.copyOf(types);
        this.mail = mail;
        this.variables = variables;
    }

    /** Returns the receivers of all files by name; valid only when no problem was added. */
    public Map<String, Receiver> read(List<Path> files, Problems problems) {
        var receivers = new LinkedHashMap<String, Receiver>();
        var sections = new LinkedHashMap<String, Section>();
        for (var file : files) {
            DefinitionFile.read(file, variables, problems)
                    .flatMap(root -> root.section("receivers"))
                    .ifPresent(section -> read(section, receivers, sections));
        }
        receivers.values().forEach(receiver -> receiver.alarm()
                .filter(alarm -> !sections.containsKey(alarm) || alarm.equals(receiver.name()))
                .ifPresent(_ -> Objects.requireNonNull(sections.get(receiver.name()))
                        .problem("alarm", "expected the name of another receiver")));
        return receivers;
    }

    /** These files, with the variables of this reader. */
    <T> FilesInUse<T> inUse(List<Path> files, Function<Problems, T> reader) {
        return new FilesInUse<>(files, variables, reader);
    }

    /** Returns the routes of all files; valid only when no problem was added. */
    RouteTree routes(List<Path> files, Problems problems) {
        return RouteFiles.read(files, variables, problems);
    }

    private void read(Section section, Map<String, Receiver> receivers, Map<String, Section> sections) {
        for (var name : section.keys()) {
            if (!NAME.matcher(name).matches()) {
                section.problem(name, "a receiver's name must match " + NAME);
            } else if (receivers.containsKey(name)) {
                section.problem(name, "another receiver already has this name");
            }
            section.section(name)
                    .flatMap(settings -> {
                        sections.putIfAbsent(name, settings);
                        return receiver(name, settings);
                    })
                    .ifPresent(receiver -> receivers.putIfAbsent(name, receiver));
        }
    }

    private Optional<Receiver> receiver(String name, Section section) {
        var named = types.stream().filter(type -> section.has(type.key())).toList();
        var concurrency = section.integer("concurrency", 1, 1_000).orElse(Receiver.DEFAULT_CONCURRENCY);
        var timeToLive = section.duration("timeToLive", Duration.ofSeconds(1), Duration.ofDays(30))
                .orElse(Receiver.DEFAULT_TIME_TO_LIVE);
        var zone = section.text("timeZone").flatMap(id -> zone(section, id)).orElse(Presentation.DEFAULT.zone());
        var rate = section.text("rate").flatMap(text -> rate(section, text));
        var alarm = section.text("alarm");
        section.finish();
        if (named.size() != 1) {
            section.problem("", "expected exactly one of " + keys());
            return Optional.empty();
        }
        var type = named.getFirst();
        return section.section(type.key()).flatMap(settings -> {
            var config = type.read(settings, mail);
            settings.finish();
            var presentation = new Presentation(zone, publicUrl, ackLinks);
            return config.map(
                    read -> new Receiver(name, type.key(), concurrency, timeToLive, rate, alarm, presentation, read));
        });
    }

    private static Optional<DeliveryRate> rate(Section section, String text) {
        var rate = DeliveryRate.parse(text);
        if (rate.isEmpty()) {
            section.problem("rate", "expected a number of attempts and a duration of up to a day, such as 30/1m");
        }
        return rate;
    }

    private static Optional<ZoneId> zone(Section section, String id) {
        try {
            return Optional.of(ZoneId.of(id));
        } catch (DateTimeException e) {
            section.problem("timeZone", "expected a time zone such as Europe/Berlin");
            return Optional.empty();
        }
    }

    private String keys() {
        return types.stream().map(HandlerType::key).collect(Collectors.joining(", "));
    }
}
