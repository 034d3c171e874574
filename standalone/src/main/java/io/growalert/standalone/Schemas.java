package io.growalert.standalone;

import io.growalert.runtime.database.Database;
import io.growalert.runtime.database.NewerSchema;
import java.util.LinkedHashMap;
import java.util.Map;

/** The schemas of the services that run. Each service checks its own; here all are checked before one of them starts. */
final class Schemas {
    private Schemas() {}

    /** @throws CannotRun when a newer version migrated one of them; nothing is changed */
    static void requireSupported(UpSettings settings, PostgresTarget database) {
        schemas(settings).forEach((service, schema) -> {
            var options =
                    new Database.Options(service, schema, database.url(), database.username(), database.password(), 1);
            try {
                Database.requireSupported(options);
            } catch (NewerSchema e) {
                throw new CannotRun(String.valueOf(e.getMessage()), e);
            }
        });
    }

    private static Map<String, String> schemas(UpSettings settings) {
        var schemas = new LinkedHashMap<String, String>();
        schemas.put("alert-dispatcher", "dispatcher");
        if (settings.billing().isPresent()) {
            schemas.put("billing-service", "billing");
        }
        if (settings.history()) {
            schemas.put("history-service", "history");
        }
        return schemas;
    }
}
