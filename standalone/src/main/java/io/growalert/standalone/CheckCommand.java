package io.growalert.standalone;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code growalert check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Reads definition files as one set and reports everything that is wrong in them. It runs nothing and "
                        + "connects to nothing. Warns of monitors that notify no receiver, of receivers that a "
                        + "grouping route notifies one by one, and of an alert.repeat that a group replaces.")
final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Definition files; several make one set.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = "--allow-empty",
            description = "A file without any key is good; otherwise it is an error, as an unmounted folder makes one.")
    private boolean allowEmpty;

    @Override
    public Integer call() {
        Logging.quiet();
        var report = DefinitionReport.of(files, allowEmpty);
        report.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
        if (report.problems().isEmpty()) {
            spec.commandLine().getOut().println("ok: " + report.counts());
            return CommandLine.ExitCode.OK;
        }
        report.problems().forEach(problem -> spec.commandLine().getErr().println(problem));
        return CommandLine.ExitCode.SOFTWARE;
    }
}
