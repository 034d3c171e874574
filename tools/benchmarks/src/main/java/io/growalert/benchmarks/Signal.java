package io.growalert.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** Signals of kill(1) that the JDK cannot send. */
enum Signal {
    /** It is there, and does nothing, until {@link #CONT}. */
    STOP,
    CONT;

    void send(ProcessHandle process) throws IOException, InterruptedException {
        output("kill", "-" + name(), String.valueOf(process.pid()));
    }

    /** What a program prints. */
    static String output(String... command) throws IOException, InterruptedException {
        var run = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(run.getInputStream().readAllBytes(), UTF_8);
        if (run.waitFor() != 0) {
            throw new IOException("%s: %s".formatted(String.join(" ", command), output));
        }
        return output;
    }
}
