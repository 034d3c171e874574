package io.growalert.gateway;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** What an operator can do about a key's file that is unusable. */
final class KeyFileRemedy {
    static final String RESTORE = "restore it, or delete it: a new key is then created";

    private KeyFileRemedy() {}

    static String of(IOException problem) {
        var reason = problem instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : problem.getClass().getSimpleName().replace("Exception", "");
        return "(%s): give this user write access to its folder, or name another".formatted(reason);
    }
}
