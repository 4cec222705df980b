// SPDX-License-Identifier: MIT
#include "engineio/server/openmetrics_p.h"

namespace EngineIo::detail {

namespace {

QByteArray escaped(QByteArrayView text)
{
    return text.toByteArray().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
}

} // namespace

void OpenMetricsWriter::begin(Type type, const QByteArray &name, QByteArrayView help,
                              QByteArrayView unit)
{
    m_text += "# TYPE " + name + (type == Type::Counter ? " counter\n" : " gauge\n");
    if (!unit.isEmpty())
        m_text += "# UNIT " + name + ' ' + unit.toByteArray() + '\n';
    m_text += "# HELP " + name + ' ' + escaped(help) + '\n';
    m_name = type == Type::Counter ? name + "_total" : name;
}

void OpenMetricsWriter::add(double value, Labels labels)
{
    addText(QByteArray::number(value, 'g', 9), labels);
}

void OpenMetricsWriter::add(quint64 value, Labels labels)
{
    addText(QByteArray::number(value), labels);
}

void OpenMetricsWriter::addText(const QByteArray &value, Labels labels)
{
    m_text += m_name;
    char separator = '{';
    for (const auto &[name, content] : labels) {
        m_text += separator + name.toByteArray() + "=\"" + escaped(content) + '"';
        separator = ',';
    }
    if (separator == ',')
        m_text += '}';
    m_text += ' ' + value + '\n';
}

QByteArray OpenMetricsWriter::finish()
{
    return m_text + "# EOF\n";
}

} // namespace EngineIo::detail
