package io.growalert.billing.doctor;

import io.growalert.billing.doctor.Checkups.Checkup;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Runs the checks on an operator's request. */
@RestController
final class DoctorApi {
    private final Checkups checkups;

    DoctorApi(Checkups checkups) {
        this.checkups = checkups;
    }

    /** @param checks in the order of the report */
    record CheckupResponse(Instant checkedAt, List<CheckResponse> checks) {
        static CheckupResponse of(Checkup checkup) {
            return new CheckupResponse(
                    checkup.checkedAt(),
                    checkup.diagnoses().stream().map(CheckResponse::of).toList());
        }
    }

    /**
     * @param severity {@code ok}, {@code note} or {@code problem}
     * @param remedy what to do; null: nothing
     */
    record CheckResponse(
            String check,
            String severity,
            String text,
            @Nullable String remedy) {
        static CheckResponse of(Diagnosis diagnosis) {
            return new CheckResponse(
                    diagnosis.area().toString(), diagnosis.severity().toString(), diagnosis.text(), diagnosis.remedy());
        }
    }

    @PostMapping("/api/billing/doctor")
    CheckupResponse examine() {
        return CheckupResponse.of(checkups.run());
    }
}
