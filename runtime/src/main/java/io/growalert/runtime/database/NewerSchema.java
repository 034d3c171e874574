package io.growalert.runtime.database;

import io.growalert.runtime.PlainReason;
import java.util.Arrays;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;

/**
 * A newer version of GrowAlert has migrated the schema. Flyway ignores such migrations by default, and this version would write rows that
 * the newer one does not expect.
 */
public final class NewerSchema extends RuntimeException implements PlainReason {
    private static final long serialVersionUID = 1L;

    private NewerSchema(String schema, MigrationInfo applied, String supported) {
        super(
                "the database schema %s has version %s (%s), and this version of GrowAlert supports %s: start the version that migrated it or a newer one, or restore the backup from before the upgrade"
                        .formatted(schema, applied.getVersion(), applied.getDescription(), supported));
    }

    static void refuse(String schema, MigrationInfoService migrations) {
        var newest =
                Arrays.stream(migrations.all()).filter(NewerSchema::isNewer).reduce((_, later) -> later);
        if (newest.isPresent()) {
            throw new NewerSchema(schema, newest.get(), newestOf(migrations));
        }
    }

    /** Also one that failed: PostgreSQL rolls it back, but its version had begun. */
    private static boolean isNewer(MigrationInfo migration) {
        return migration.getState() == MigrationState.FUTURE_SUCCESS
                || migration.getState() == MigrationState.FUTURE_FAILED;
    }

    private static String newestOf(MigrationInfoService migrations) {
        return Arrays.stream(migrations.all())
                .filter(migration -> !isNewer(migration))
                .map(MigrationInfo::getVersion)
                .reduce((_, later) -> later)
                .map(MigrationVersion::toString)
                .map("up to %s"::formatted)
                .orElse("none");
    }
}
