// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_OPENMETRICS_P_H
#define ENGINEIO_OPENMETRICS_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>

#include <initializer_list>
#include <utility>

namespace EngineIo::detail {

// Writes metrics in the OpenMetrics 1.0 format, which Prometheus supports.
class ENGINEIO_EXPORT OpenMetricsWriter
{
public:
    enum class Type { Counter, Gauge };
    using Labels = std::initializer_list<std::pair<QByteArrayView, QByteArrayView>>;

    static constexpr char ContentType[] =
        "application/openmetrics-text; version=1.0.0; charset=utf-8";

    // Begins a family of numbers; name without the suffix "_total" of counters. With a unit the
    // name must end in it.
    void begin(Type type, const QByteArray &name, QByteArrayView help, QByteArrayView unit = {});
    void add(double value, Labels labels = {});
    void add(quint64 value, Labels labels = {});
    // The whole text.
    QByteArray finish();

private:
    void addText(const QByteArray &value, Labels labels);

    QByteArray m_text;
    QByteArray m_name;
};

} // namespace EngineIo::detail

#endif
