package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void the_token_of_an_added_operator_is_shown_once_and_stored_as_a_digest() throws Exception {
        assertThat(run("add", "ann", "--role", "operator")).isZero();

        var token = out.toString().strip();
        assertThat(token).matches("[A-Za-z0-9_-]{43}");
        assertThat(err.toString().strip()).isEqualTo("ann added as operator; the token is shown only this time:");
        assertThat(folder.resolve("operators.json"))
                .content()
                .contains("\"ann\"")
                .doesNotContain(token);

        assertThat(run("list")).isZero();
        assertThat(out.toString()).containsPattern("(?m)^ann  operator  20[0-9-]+T[0-9:]+Z$");
    }

    @Test
    void a_revoked_operator_is_gone() throws Exception {
        run("add", "ann", "--role", "viewer");

        assertThat(run("revoke", "ann")).isZero();
        assertThat(run("revoke", "ann")).isEqualTo(1);
        assertThat(err.toString()).contains("growalert: no operator 'ann'");
        assertThat(run("list")).isZero();
        assertThat(out.toString()).contains("ann revoked", "no named operators");
    }

    @Test
    void what_is_wrong_is_one_line() throws Exception {
        run("add", "ann", "--role", "viewer");
        err.getBuffer().setLength(0);

        assertThat(run("add", "ann", "--role", "admin")).isEqualTo(1);
        assertThat(run("add", "operator", "--role", "admin")).isEqualTo(1);
        Files.writeString(folder.resolve("operators.json"), "nonsense");
        assertThat(run("list")).isEqualTo(1);

        assertThat(err.toString().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("growalert: there is an operator 'ann'"))
                .anyMatch(line -> line.startsWith("growalert: the name 'operator' belongs to"))
                .anyMatch(line -> line.contains("operators.json cannot be read or written"));
    }

    @Test
    void a_role_is_required_and_an_unknown_one_is_explained() {
        assertThat(run("add", "ann")).isEqualTo(2);
        assertThat(run("add", "ann", "--role", "boss")).isEqualTo(2);

        assertThat(err.toString()).contains("--role", "'boss' is no role: expected viewer, operator or admin");
        assertThat(folder.resolve("operators.json")).doesNotExist();
    }

    private int run(String... arguments) {
        var all = new ArrayList<String>(List.of("operators"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--operators-file", folder.resolve("operators.json").toString()));
        return GrowAlert.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
