package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code scripts/supervise}, which {@code growalert up} runs its JVM under. */
class SuperviseTest {
    private static final String RESTARTED = "growalert: the process ran out of memory and is restarted\n";

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void a_jvm_that_runs_out_of_memory_is_restarted_and_reported() throws Exception {
        var program = Files.writeString(folder.resolve("Hungry.java"), """
                void main() throws Exception {
                    var eaten = java.nio.file.Path.of("%s");
                    if (java.nio.file.Files.exists(eaten)) {
                        System.exit(7);
                    }
                    java.nio.file.Files.createFile(eaten);
                    var heap = new java.util.ArrayList<byte[]>();
                    while (true) {
                        heap.add(new byte[1 << 20]);
                    }
                }
                """.formatted(folder.resolve("eaten")));

        var process = supervise(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+ExitOnOutOfMemoryError",
                program.toString());

        assertThat(exitCode(process)).isEqualTo(7);
        assertThat(output()).contains(RESTARTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 137, 143})
    void every_other_end_is_its_own(int code) throws Exception {
        var process = supervise("bash", "-c", "echo run; exit " + code);

        assertThat(exitCode(process)).isEqualTo(code);
        assertThat(output()).isEqualTo("run\n");
    }

    @Test
    void it_gives_up_after_five_restarts() throws Exception {
        var process = supervise("bash", "-c", "echo run; exit 3");

        assertThat(exitCode(process)).isEqualTo(3);
        assertThat(output())
                .startsWith(("run\n" + RESTARTED).repeat(5) + "run\n")
                .contains("ran out of memory again, after 5 restarts");
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void a_signal_stops_the_jvm_which_has_its_time_to_stop(String signal, int code) throws Exception {
        var process = supervise("bash", "-c", """
                trap 'echo stopping; touch %1$s/stopped; exit 143' TERM
                trap 'echo stopping; touch %1$s/stopped; exit 129' HUP
                echo ready
                while :; do sleep 0.1; done
                """.formatted(folder));
        await().until(() -> output().contains("ready"));

        signal(signal, process.pid());

        assertThat(exitCode(process)).isEqualTo(code);
        assertThat(folder.resolve("stopped")).exists();
        assertThat(output()).isEqualTo("ready\nstopping\n");
    }

    @Test
    void a_signal_during_the_pause_before_a_restart_ends_it() throws Exception {
        var builder = builder("bash", "-c", "exit 3");
        builder.environment().put("GROWALERT_RESTART_PAUSE", "1000");
        var process = start(builder);
        await().until(() -> output().contains(RESTARTED));

        signal("TERM", process.pid());

        assertThat(exitCode(process)).isEqualTo(143);
    }

    @Test
    void a_kill_of_the_script_is_one_of_the_jvm() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
        var process = supervise("bash", "-c", "echo $$; while :; do sleep 0.1; done");
        await().until(() -> output().endsWith("\n"));
        var jvm = ProcessHandle.of(Long.parseLong(output().strip())).orElseThrow();

        process.destroyForcibly();

        await().until(() -> !jvm.isAlive());
    }

    private Process supervise(String... command) throws IOException {
        return start(builder(command));
    }

    private ProcessBuilder builder(String... command) {
        var all = new ArrayList<>(List.of("../scripts/supervise"));
        all.addAll(List.of(command));
        var builder = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("GROWALERT_RESTART_PAUSE", "0");
        return builder;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        var process = builder.start();
        started.add(process);
        return process;
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static void signal(String name, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                        .start()
                        .waitFor())
                .isZero();
    }
}
