package io.growalert.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.growalert.billing.customer.Running;
import io.growalert.runtime.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a mail server, mails go to a folder. */
class MailFolderTest {
    @TempDir
    private Path temporary;

    private static List<Path> mails(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".eml"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void mails_are_written_to_the_folder_for_its_owner_only() throws IOException {
        var folder = temporary.resolve("deep/mail");
        try (var billing = Running.started(Map.of(
                "growalert.billing.customer.mail.folder",
                folder,
                "growalert.billing.customer.mail.site",
                "http://localhost:8080"))) {
            var cookie = billing.register("folder@example.com");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");

            billing.post("/sign-in", null, "{\"email\": \"folder@example.com\"}");
            await().until(() -> !mails(folder).isEmpty());

            var mail = mails(folder).getFirst();
            var text = Files.readString(mail);
            assertThat(mail.getFileName().toString()).matches("\\d{8}T\\d{9}Z-[A-Za-z0-9_-]+\\.eml");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mail)))
                    .isEqualTo("rw-------");
            assertThat(text).contains("To: folder@example.com", "Subject: ", "Date: ", "Message-ID: ");
            var link = Pattern.compile("(?m)^http://localhost:8080/sign-in\\.html#token=([A-Za-z0-9_-]{43})\\r?$")
                    .matcher(text);
            assertThat(link.find()).isTrue();
            var confirmed = billing.post("/sign-in/confirm", null, "{\"token\": \"%s\"}".formatted(link.group(1)));
            assertThat(Running.customerIn(confirmed.cookie())).isEqualTo(Running.customerIn(cookie));
            try (var files = Files.list(folder)) {
                assertThat(files).containsExactly(mail);
            }
            assertThat(billing.get("/actuator/health", null).response().body()).doesNotContain("DEGRADED");
        }
    }

    @Test
    void old_mails_and_those_above_the_limit_are_deleted_and_nothing_else() throws Exception {
        var folder = MailFolder.in(temporary);
        var others = Files.writeString(temporary.resolve("mine.eml"), "not ours");
        for (int i = 0; i < MailFolder.MOST; i++) {
            Files.writeString(temporary.resolve("20260101T%09dZ-abc.eml".formatted(i)), "");
        }
        var old = Files.writeString(temporary.resolve("20260102T000000000Z-old.eml"), "");
        var draft = Files.writeString(temporary.resolve("20260102T000000000Z-old.eml.new"), "");
        for (var file : List.of(old, draft, others)) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        }

        var obstacle = Files.createDirectory(temporary.resolve("20260103T000000000Z-directory.eml"));
        Files.writeString(obstacle.resolve("content"), "cannot be deleted as a file");
        Files.setLastModifiedTime(obstacle, FileTime.from(Instant.now().minus(Duration.ofDays(2))));

        folder.write(out -> out.write('x'));

        Files.delete(obstacle.resolve("content"));
        Files.delete(obstacle);
        var left = mails(temporary);
        assertThat(left).hasSize(MailFolder.MOST + 1).contains(others).doesNotContain(old);
        assertThat(draft).doesNotExist();
        assertThat(temporary.resolve("20260101T000000000Z-abc.eml")).doesNotExist();
        assertThat(temporary.resolve("20260101T000000001Z-abc.eml")).exists();
    }

    @Test
    void a_folder_that_cannot_be_written_to_stops_the_start_and_is_named() throws IOException {
        var file = Files.writeString(temporary.resolve("file"), "");

        assertThatThrownBy(() -> Running.started(Map.of(
                        "growalert.billing.customer.mail.folder",
                        file,
                        "growalert.billing.customer.mail.site",
                        "http://localhost:8080")))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("customer.mail.folder");
    }
}
