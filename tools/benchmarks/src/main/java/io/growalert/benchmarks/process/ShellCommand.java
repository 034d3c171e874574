package io.growalert.benchmarks.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** Programs that run to their end. */
public final class ShellCommand {
    private ShellCommand() {}

    /**
     * Runs a program and returns what it printed.
     *
     * @throws IOException with what it printed, when its exit code is not 0
     */
    public static String output(String... command) throws IOException, InterruptedException {
        var run = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(run.getInputStream().readAllBytes(), UTF_8);
        if (run.waitFor() != 0) {
            throw new IOException("%s: %s".formatted(String.join(" ", command), output));
        }
        return output;
    }
}
