// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_REQUESTBODY_P_H
#define ENGINEIO_REQUESTBODY_P_H

#include <QtCore/qbytearray.h>
#include <QtCore/qiodevice.h>

namespace EngineIo::detail {

// The body of a POST that is sent once. QNetworkAccessManager sends a request again when its
// connection closes before the answer, although the server may have taken the packets; it gives up
// when the body cannot be read a second time. A server or proxy that wants a password has taken
// nothing.
class RequestBody final : public QIODevice
{
public:
    explicit RequestBody(const QByteArray &bytes, QObject *parent = nullptr);

    bool isSequential() const override { return true; }
    bool atEnd() const override { return m_position == m_bytes.size(); }
    qint64 bytesAvailable() const override { return m_bytes.size() - m_position; }
    void allowRepetition() { m_repetitions = true; }
    bool reset() override;

protected:
    qint64 readData(char *data, qint64 maxSize) override;
    qint64 writeData(const char *data, qint64 size) override;

private:
    const QByteArray m_bytes;
    qsizetype m_position = 0;
    bool m_repetitions = false; // one more
};

} // namespace EngineIo::detail

#endif
