package io.growalert.dispatcher.silence;

import io.growalert.definitions.ChangedFiles;
import io.growalert.definitions.Problems;
import io.growalert.dispatcher.receiver.BrokenFiles;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules of the definition files in their current state, and that the silences follow them. */
public final class LoadedRules {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedRules.class);

    private final SilenceFiles reader;
    private final List<Path> files;
    private final Silences silences;
    private final ChangedFiles changed;
    private SilenceRules current;
    private @Nullable SilenceRules applied;

    /**
     * @throws BrokenFiles when they are invalid
     */
    public LoadedRules(SilenceFiles reader, List<Path> files, Silences silences) {
        this.reader = reader;
        this.files = List.copyOf(files);
        this.silences = silences;
        changed = new ChangedFiles(files);
        var problems = new Problems();
        current = reader.read(this.files, problems);
        if (!problems.isEmpty()) {
            throw new BrokenFiles(problems);
        }
    }

    /**
     * Reloads {@link ChangedFiles}, and applies the rules to the silences when they are not yet. Invalid files change nothing, and
     * are logged once.
     *
     * @return how many deliveries are due now
     */
    public synchronized int refresh() {
        var problems = new Problems();
        changed.read(() -> reader.read(files, problems)).ifPresent(read -> {
            if (problems.isEmpty()) {
                current = read;
            } else {
                LOG.error(
                        "Reloading the silences failed; the previous rules stay in use:\n{}",
                        new BrokenFiles(problems).getMessage());
            }
        });
        if (current.equals(applied)) {
            return 0;
        }
        int released = silences.apply(current);
        if (applied != null || !current.equals(SilenceRules.NONE)) {
            LOG.atInfo()
                    .addKeyValue("windows", current.windows().size())
                    .addKeyValue("inhibitions", current.inhibitions().size())
                    .log("Recurring silences and inhibitions loaded");
        }
        applied = current;
        return released;
    }
}
