package io.growalert.standalone;

import io.growalert.definitions.DefinitionFile;
import io.growalert.definitions.DefinitionProblem;
import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.ReceiverCheck;
import io.growalert.dispatcher.silence.SilenceFiles;
import io.growalert.monitor.definitions.DefinitionCheck;
import java.nio.file.Path;
import java.util.List;

/** The problems that all services together find in a set of definition files. */
record DefinitionReport(int monitors, int sources, int receivers, List<DefinitionProblem> problems) {
    DefinitionReport {
        problems = List.copyOf(problems);
    }

    /** @param allowEmpty whether a file may have no key at all; what runs guards against that by refusing to remove every monitor */
    static DefinitionReport of(List<Path> files, boolean allowEmpty) {
        var problems = new Problems();
        if (!allowEmpty) {
            files.forEach(file -> reportEmpty(file, problems));
        }
        var definitions = DefinitionCheck.of(files, Variables.environment(), "default");
        definitions.problems().forEach(problem -> problems.add(problem.place(), problem.key(), problem.message()));
        var receivers = ReceiverCheck.check(files, Variables.environment(), problems);
        new SilenceFiles(Variables.environment()).read(files, problems);
        return new DefinitionReport(
                definitions.monitors().size(), definitions.sources().size(), receivers.size(), problems.inOrder());
    }

    private static void reportEmpty(Path file, Problems problems) {
        DefinitionFile.read(file, Variables.environment(), new Problems())
                .filter(root -> root.keys().isEmpty())
                .ifPresent(root ->
                        problems.add(root.place(), "", "the file is empty; give --allow-empty if that is meant"));
    }

    /** @throws CannotRun when there is a problem, with all of them */
    void requireGood() {
        if (!problems.isEmpty()) {
            throw CannotRun.because(problems);
        }
    }

    /** Such as {@code 3 monitors, 1 source, 2 receivers}. */
    String counts() {
        return String.join(", ", count(monitors, "monitor"), count(sources, "source"), count(receivers, "receiver"));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
