package io.growalert.dispatcher.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** A record is to blame for a failure only when no outage can be. */
class PoisonTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IllegalStateException("cannot decide"), true),
                Arguments.of(new StackOverflowError(), true),
                Arguments.of(new DataIntegrityViolationException("", state("22P05")), true),
                Arguments.of(new DataIntegrityViolationException("", state("23502")), true),
                Arguments.of(new DataAccessResourceFailureException("index row", state("54000")), true),
                Arguments.of(new DataAccessResourceFailureException("", state("08001")), false),
                Arguments.of(new DataAccessResourceFailureException("disk full", state("53100")), false),
                Arguments.of(new DataAccessResourceFailureException("shutdown", state("57P01")), false),
                Arguments.of(new CannotAcquireLockException("deadlock", state("40P01")), false),
                Arguments.of(new InvalidDataAccessResourceUsageException("no table", state("42P01")), false),
                Arguments.of(new CannotCreateTransactionException("down"), false),
                Arguments.of(new TransactionSystemException("down in the commit"), false),
                Arguments.of(new KafkaException("down"), false),
                Arguments.of(new OutOfMemoryError(), false),
                Arguments.of(new NoClassDefFoundError("a jar is missing"), false));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void is_never_caused_by_the_record(Throwable failure, boolean poison) {
        assertThat(Poison.isCause(failure)).isEqualTo(poison);
    }

    private static SQLException state(String state) {
        return new SQLException("rejected", state);
    }
}
