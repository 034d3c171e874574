package io.growalert.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A checkout of GrowAlert whose programs are started: this one, or another version's.
 *
 * @param environment variables on top of this process's own
 */
public record Installation(Path folder, Map<String, String> environment) {
    /** This one, with our own jar on its class path for the source inside the process. */
    public static Installation here() throws IOException {
        try (var files = Files.newDirectoryStream(Path.of("tools/benchmarks/target"), "benchmarks-*.jar")) {
            var jar = files.iterator().next().toAbsolutePath();
            return new Installation(Path.of("").toAbsolutePath(), Map.of("GROWALERT_CLASSPATH", jar.toString()));
        }
    }

    /** The checkout in this folder, which is built when it has to be; without our source. */
    public static Installation in(String folder) throws IOException, InterruptedException {
        var checkout = Path.of(folder).toAbsolutePath().normalize();
        ShellCommand.output(checkout.resolve("growalert").toString(), "help");
        return new Installation(
                checkout, Map.of("GROWALERT_CLASSPATH", jar(checkout).toString()));
    }

    /** The checkout that the argument at this place names, or this one when there is none. */
    public static Installation of(String[] arguments, int place) throws IOException, InterruptedException {
        return arguments.length > place ? in(arguments[place]) : here();
    }

    public Installation with(Map<String, String> more) {
        var all = new HashMap<>(environment);
        all.putAll(more);
        return new Installation(folder, all);
    }

    /** Starts {@code ./growalert up}; what it prints goes to {@code console.log} in its data folder. */
    public GrowAlertProcess start(Path data, PortRange ports, List<String> options) throws IOException {
        var command = new ArrayList<>(List.of("./growalert", "up", "--data", data.toString()));
        command.addAll(ports.options());
        command.addAll(options);
        Files.createDirectories(data);
        var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.redirectOutput(
                ProcessBuilder.Redirect.appendTo(GrowAlertProcess.console(data).toFile()));
        builder.environment().putAll(environment);
        // so that this process is the JVM: it is measured, stopped and killed by its id
        builder.environment().put("GROWALERT_RESTART", "off");
        return new GrowAlertProcess(builder.start(), data);
    }

    /** Starts one service, by its main class, and returns at once. */
    public ServiceProcess service(String main, Path console, int port, Map<String, String> settings)
            throws IOException {
        return service(main, console, port, List.of("-Xmx512m", "-XX:+UseSerialGC"), settings);
    }

    public ServiceProcess service(
            String main, Path console, int port, List<String> jvmOptions, Map<String, String> settings)
            throws IOException {
        return new ServiceProcess(
                new JvmProgram(main, jar(folder).toString(), environment),
                console,
                port,
                "/actuator/health",
                jvmOptions,
                settings);
    }

    private static Path jar(Path checkout) {
        return checkout.resolve("standalone/target/standalone.jar");
    }
}
