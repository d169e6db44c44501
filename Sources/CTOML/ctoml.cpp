#include "ctoml.h"

#include <deque>
#include <exception>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// toml++ 3.3 asserts what a broken document can make untrue: `[}` is enough. An assertion would end the process, and
// without assertions the compiler would take the claim for granted; so a claim that fails ends the parsing instead.
// The one about keys is passed over: the parser goes on to say properly what is wrong, and where.
#undef NDEBUG
namespace {
void claim_failed(std::string_view claim) {
    if (claim == "is_bare_key_character(*cp) || is_string_delimiter(*cp)") return;
    throw std::runtime_error("the document cannot be read");
}
}  // namespace
#define TOML_ASSERT(claim) (static_cast<bool>(claim) ? static_cast<void>(0) : claim_failed(#claim))

// Debian's package and Homebrew's name the header alike.
#include <toml++/toml.h>

struct ctoml_document {
    std::vector<ctoml_event> events;
    // A deque never moves its elements, so events may point into it.
    std::deque<std::string> texts;
    std::string error;
    uint32_t error_line = 0;
    uint32_t error_column = 0;
};

namespace {

class Flattener {
  public:
    explicit Flattener(ctoml_document &document) : document(document) {}

    void add(const toml::node &node) {
        switch (node.type()) {
            case toml::node_type::table: return table(*node.as_table());
            case toml::node_type::array: return array(*node.as_array());
            case toml::node_type::string: return text(CTOML_STRING, node, node.as_string()->get());
            case toml::node_type::integer: event(CTOML_INTEGER, node.source()).integer = node.as_integer()->get(); return;
            case toml::node_type::floating_point: event(CTOML_FLOAT, node.source()).number = node.as_floating_point()->get(); return;
            case toml::node_type::boolean: event(CTOML_BOOLEAN, node.source()).integer = node.as_boolean()->get(); return;
            case toml::node_type::date: return written(node, node.as_date()->get());
            case toml::node_type::time: return written(node, node.as_time()->get());
            case toml::node_type::date_time: return written(node, node.as_date_time()->get());
            case toml::node_type::none: return;
        }
    }

  private:
    ctoml_document &document;

    ctoml_event &event(ctoml_kind kind, const toml::source_region &where) {
        ctoml_event event{};
        event.kind = kind;
        event.line = where.begin.line;
        event.column = where.begin.column;
        event.end_line = where.end.line;
        event.end_column = where.end.column;
        document.events.push_back(event);
        return document.events.back();
    }

    void text(ctoml_kind kind, const toml::source_region &where, std::string_view content) {
        const std::string &kept = document.texts.emplace_back(content);
        ctoml_event &added = event(kind, where);
        added.text = kept.data();
        added.text_length = kept.size();
    }

    void text(ctoml_kind kind, const toml::node &node, std::string_view content) { text(kind, node.source(), content); }

    template <typename Moment>
    void written(const toml::node &node, const Moment &moment) {
        std::ostringstream out;
        out << moment;
        text(CTOML_DATETIME, node, out.str());
    }

    void table(const toml::table &table) {
        event(CTOML_TABLE_BEGIN, table.source());
        for (const auto &[key, value] : table) {
            text(CTOML_KEY, key.source(), key.str());
            add(value);
        }
        event(CTOML_TABLE_END, table.source());
    }

    void array(const toml::array &array) {
        event(CTOML_ARRAY_BEGIN, array.source());
        for (const auto &item : array) add(item);
        event(CTOML_ARRAY_END, array.source());
    }
};

void parse(ctoml_document &document, std::string_view text) {
    try {
        const toml::table root = toml::parse(text);
        Flattener(document).add(root);
    } catch (const toml::parse_error &problem) {
        document.events.clear();
        document.error = problem.description();
        document.error_line = problem.source().begin.line;
        document.error_column = problem.source().begin.column;
    }
}

}  // namespace

extern "C" ctoml_document *ctoml_parse(const char *text, size_t length) {
    auto *document = new (std::nothrow) ctoml_document;
    if (document == nullptr) return nullptr;
    try {
        parse(*document, std::string_view(text, length));
    } catch (const std::exception &problem) {
        document->events.clear();
        document->error = problem.what();
    } catch (...) {
        document->events.clear();
        document->error = "the document could not be read";
    }
    return document;
}

extern "C" const ctoml_event *ctoml_events(const ctoml_document *document, size_t *count) {
    *count = document->events.size();
    return document->events.data();
}

extern "C" const char *ctoml_error(const ctoml_document *document, uint32_t *line, uint32_t *column) {
    if (document->error.empty()) return nullptr;
    *line = document->error_line;
    *column = document->error_column;
    return document->error.c_str();
}

extern "C" void ctoml_free(ctoml_document *document) { delete document; }
