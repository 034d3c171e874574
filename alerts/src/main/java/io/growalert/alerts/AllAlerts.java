package io.growalert.alerts;

import java.util.List;
import org.jspecify.annotations.Nullable;

record AllAlerts(List<Alert> alerts) implements Alert {
    private interface Call {
        void on(Alert alert) throws Exception;
    }

    @Override
    public void failed(String monitor, CheckContext context, List<Throwable> errors) throws Exception {
        each(alert -> alert.failed(monitor, context, errors));
    }

    @Override
    public void passed(String monitor, CheckContext context) throws Exception {
        each(alert -> alert.passed(monitor, context));
    }

    private void each(Call call) throws Exception {
        @Nullable Throwable first = null;
        for (var alert : alerts) {
            try {
                call.on(alert);
            } catch (Throwable thrown) {
                if (first == null) {
                    first = thrown;
                } else if (!first.equals(thrown)) {
                    first.addSuppressed(thrown);
                }
            }
        }
        switch (first) {
            case null -> {}
            case Error error -> throw error;
            case Exception exception -> throw exception;
            default -> throw new IllegalStateException(first);
        }
    }
}
