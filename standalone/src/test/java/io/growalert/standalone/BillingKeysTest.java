package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BillingKeysTest {
    @TempDir
    private Path folder;

    @Test
    void they_are_made_once_and_kept() {
        var made = BillingKeys.in(folder.resolve("billing/keys"));

        assertThat(BillingKeys.in(folder.resolve("billing/keys"))).isEqualTo(made);
        assertThat(BillingKeys.in(folder.resolve("other"))).isNotEqualTo(made);
        assertThat(Base64.getDecoder().decode(made.cookie())).hasSize(32);
        assertThat(made.webhook()).startsWith("whsec_");
    }

    @Test
    void only_their_owner_reads_them_and_no_log_shows_them() throws Exception {
        var made = BillingKeys.in(folder.resolve("keys"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keys"))))
                .isEqualTo("rw-------");
        assertThat(made.toString()).doesNotContain(made.cookie()).doesNotContain(made.webhook());
    }

    @Test
    void what_a_crash_left_half_written_is_made_anew() throws Exception {
        Files.writeString(folder.resolve("keys"), "");

        var made = BillingKeys.in(folder.resolve("keys"));

        assertThat(BillingKeys.in(folder.resolve("keys"))).isEqualTo(made);
    }
}
