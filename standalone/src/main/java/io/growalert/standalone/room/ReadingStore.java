package io.growalert.standalone.room;

/** What stores the room example's readings. */
interface ReadingStore extends AutoCloseable {
    /** Creates what is missing for them. */
    void prepare() throws Exception;

    void write(RoomReading reading) throws Exception;

    @Override
    void close();
}
