package io.growalert.dispatcher.silence;

import io.growalert.dispatcher.receiver.BrokenFiles;
import io.growalert.dispatcher.receiver.FilesInUse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rules of the definition files in their current state, and that the silences follow them. */
public final class LoadedRules {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedRules.class);

    private final FilesInUse<SilenceRules> files;
    private final Silences silences;
    private @Nullable SilenceRules applied;

    /**
     * @throws BrokenFiles when they are invalid
     */
    public LoadedRules(SilenceFiles reader, List<Path> files, Silences silences) {
        this.files = reader.inUse(files);
        this.silences = silences;
    }

    /** Why the files are not in use in their current state; empty when they are. */
    public Optional<String> rejected() {
        return files.rejected();
    }

    /**
     * Reloads {@link FilesInUse}, and applies the rules to the silences when they are not yet. Rejected files change nothing, and are
     * logged once.
     *
     * @return how many deliveries are due now
     */
    public synchronized int refresh() {
        if (files.refresh().orElse(null) instanceof FilesInUse.Change.Rejected(var problems)) {
            LOG.error("Reloading the silences failed; the previous rules stay in use:\n{}", problems);
        }
        var current = files.current();
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
