// SPDX-License-Identifier: MIT
#include "msgpack/msgpackwriter_p.h"

#include "base/exactinteger_p.h"
#include "socketio/parser/othervalues_p.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qendian.h>

#include <msgpack.hpp>

namespace SocketIo::detail {

namespace {

// The output of msgpack::packer.
struct Output
{
    QByteArray bytes;
    const qsizetype maxSize;
    bool isTooLarge = false;

    void write(const char *data, std::size_t size)
    {
        isTooLarge = isTooLarge || qsizetype(size) > maxSize - bytes.size();
        if (!isTooLarge)
            bytes.append(data, qsizetype(size));
    }
};

class Packer
{
public:
    Packer(Output *out, int maxDepth, MsgPackWriter::Dates dates)
        : m_out(out)
        , m_packer(*out)
        , m_depthLeft(maxDepth)
        , m_dates(dates)
    {
    }

    bool isTooDeep() const { return m_tooDeep; }
    const QList<QByteArray> &lost() const { return m_lost; }

    void write(const QVariant &value) { writeValue(*this, value); }

    // For writeValue().
    void writeNull() { m_packer.pack_nil(); }
    void writeBool(bool value) { value ? m_packer.pack_true() : m_packer.pack_false(); }
    void writeBytes(const QByteArray &bytes)
    {
        m_packer.pack_bin(uint32_t(bytes.size()));
        m_packer.pack_bin_body(bytes.constData(), uint32_t(bytes.size()));
    }
    void writeInteger(qint64 number) { m_packer.pack_int64(number); }
    void writeUnsigned(quint64 number) { m_packer.pack_uint64(number); }
    void writeDouble(double number)
    {
        if (EngineIo::detail::isExactInteger(number))
            m_packer.pack_int64(qint64(number));
        else
            m_packer.pack_double(number);
    }
    void writeString(QStringView text)
    {
        const QByteArray utf8 = text.toUtf8();
        m_packer.pack_str(uint32_t(utf8.size()));
        m_packer.pack_str_body(utf8.constData(), uint32_t(utf8.size()));
    }
    void writeDateTime(const QDateTime &valid);
    bool beginList(qsizetype size)
    {
        if (!open())
            return false;
        m_packer.pack_array(uint32_t(size));
        return true;
    }
    bool beginObject(qsizetype size)
    {
        if (!open())
            return false;
        m_packer.pack_map(uint32_t(size));
        return true;
    }
    void writeKey(QStringView key) { writeString(key); }
    void endItem() { }
    void endList() { ++m_depthLeft; }
    void endObject() { ++m_depthLeft; }
    void addLost(QMetaType type) { addLostType(&m_lost, type); }

private:
    bool open()
    {
        // Once a limit is exceeded, nothing more is opened, as a value may contain itself several
        // times, and lists may share their elements.
        m_tooDeep = m_tooDeep || m_depthLeft == 0;
        if (m_tooDeep || m_out->isTooLarge)
            return false;
        --m_depthLeft;
        return true;
    }

    void writeExtension(int8_t type, const char *content, uint32_t size)
    {
        m_packer.pack_ext(size, type);
        m_packer.pack_ext_body(content, size);
    }

    const Output *const m_out;
    msgpack::packer<Output> m_packer;
    int m_depthLeft;
    const MsgPackWriter::Dates m_dates;
    bool m_tooDeep = false;
    QList<QByteArray> m_lost;
};

void Packer::writeDateTime(const QDateTime &valid)
{
    const qint64 msecs = valid.toMSecsSinceEpoch();
    if (m_dates == MsgPackWriter::Dates::Notepack2) {
        char content[8];
        qToBigEndian(msecs, content);
        writeExtension(0, content, sizeof content);
        return;
    }
    // The shortest form that holds it. Seconds are rounded down, nanoseconds count from there. As a
    // peer may choose the date, the arithmetic also works for the earliest one.
    const qint64 remainder = msecs % 1000;
    const qint64 seconds = msecs / 1000 - (remainder < 0 ? 1 : 0);
    const auto nanoseconds = quint32(remainder < 0 ? remainder + 1000 : remainder) * 1'000'000;
    if (seconds < 0 || seconds >> 34 != 0) {
        char content[12];
        qToBigEndian(nanoseconds, content);
        qToBigEndian(seconds, content + 4);
        writeExtension(-1, content, sizeof content);
    } else if (nanoseconds != 0 || seconds >> 32 != 0) {
        char content[8];
        qToBigEndian(quint64(nanoseconds) << 34 | quint64(seconds), content);
        writeExtension(-1, content, sizeof content);
    } else {
        char content[4];
        qToBigEndian(quint32(seconds), content);
        writeExtension(-1, content, sizeof content);
    }
}

} // namespace

std::optional<QByteArray> MsgPackWriter::write(const QVariant &value, Findings *findings) const
{
    Output out{{}, m_maxSize};
    Packer packer(&out, m_maxDepth, m_dates);
    packer.write(value);
    if (findings)
        *findings = {packer.lost(), out.isTooLarge};
    if (packer.isTooDeep() || out.isTooLarge)
        return std::nullopt;
    return std::move(out.bytes);
}

} // namespace SocketIo::detail
