//! A page as a person meets it, and what every page owes them. The parser is strict on purpose: what our templates write
//! is closed in order, so whatever it does not understand is a mistake.

use std::collections::BTreeSet;

/// Elements without an end.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
/// Elements that begin a line of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

#[derive(Debug, Clone)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// Indices of the elements around it, outermost first.
    pub inside: Vec<usize>,
    /// All text in it.
    pub text: String,
    /// By its own tag.
    closed: bool,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub struct Page {
    pub elements: Vec<Element>,
    /// Text of the main part, a line a block.
    pub main: Vec<String>,
}

impl Page {
    #[track_caller]
    pub fn read(html: &str) -> Self {
        assert!(
            html.trim_start()
                .to_lowercase()
                .starts_with("<!doctype html>")
        );
        let mut page = Self {
            elements: Vec::new(),
            main: Vec::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        let mut line = String::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            page.add_text(&unescaped(&rest[..at]), &open, &mut line);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("<!") {
                rest = &after[after.find('>').expect("a declaration ends") + 1..];
            } else if let Some(after) = rest.strip_prefix("</") {
                let end = after.find('>').expect("an end tag ends");
                let name = after[..end].trim();
                let top = open
                    .pop()
                    .unwrap_or_else(|| panic!("</{name}> closes nothing"));
                assert_eq!(page.elements[top].name, name, "closed out of order");
                page.end_line(name, &open, &mut line);
                rest = &after[end + 1..];
            } else {
                let (element, after) = start_tag(&rest[1..], &open);
                let name = element.name.clone();
                let closed = element.closed || VOID.contains(&name.as_str());
                page.end_line(&name, &open, &mut line);
                page.elements.push(element);
                if !closed {
                    open.push(page.elements.len() - 1);
                }
                rest = after;
                if name == "script" || name == "style" {
                    let end = rest.find("</").expect("a script ends");
                    rest = &rest[end..];
                }
            }
        }
        assert!(open.is_empty(), "{} elements are not closed", open.len());
        page
    }

    fn add_text(&mut self, text: &str, open: &[usize], line: &mut String) {
        for element in open {
            self.elements[*element].text.push_str(text);
        }
        if open.iter().any(|at| self.elements[*at].name == "main") {
            line.push_str(text);
        }
    }

    fn end_line(&mut self, name: &str, open: &[usize], line: &mut String) {
        if matches!(name, "td" | "th") {
            if !line.trim().is_empty() && !line.trim_end().ends_with('|') {
                line.push_str(" | ");
            }
            return;
        }
        let in_row = open.iter().any(|at| self.elements[*at].name == "tr");
        if BLOCKS.contains(&name) && !(in_row && name != "tr") {
            let said = line.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = said.trim_matches(|c| c == '|' || c == ' ').to_owned();
            if !said.is_empty() {
                self.main.push(said);
            }
            line.clear();
        } else {
            line.push(' ');
        }
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements
            .iter()
            .filter(move |element| element.name == name)
    }

    /// What a person reads below the header.
    pub fn words(&self) -> String {
        self.main.join("\n")
    }

    /// The addresses that links lead to.
    pub fn links(&self) -> Vec<&str> {
        self.all("a").filter_map(|link| link.get("href")).collect()
    }

    /// Name and value of the fields of the form that is sent to `action`, as a browser would send it untouched.
    pub fn fields(&self, action: &str) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for element in &self.elements {
            let of_form = element.inside.iter().any(|at| {
                let form = &self.elements[*at];
                form.name == "form" && form.get("action") == Some(action)
            });
            let Some(name) = element.get("name").filter(|_| of_form) else {
                continue;
            };
            let value = element.get("value").unwrap_or("on");
            let kind = element.get("type").unwrap_or("text");
            let ticked = element.get("checked").is_some();
            if element.name == "input" && (!matches!(kind, "checkbox" | "radio") || ticked) {
                fields.push((name.to_owned(), value.to_owned()));
            }
        }
        fields
    }

    /// What every page owes whoever uses it; the names of those that it owes them.
    #[track_caller]
    pub fn assert_fit(&self) {
        let mut wrong = Vec::new();
        let mut ids = BTreeSet::new();
        for element in &self.elements {
            if let Some(id) = element.get("id")
                && !ids.insert(id)
            {
                wrong.push(format!("the id {id} is there twice"));
            }
        }
        for element in &self.elements {
            self.look_at(element, &ids, &mut wrong);
        }
        let html = self.all("html").next().and_then(|html| html.get("lang"));
        if html != Some("nl") {
            wrong.push("the language is not said".to_owned());
        }
        for (name, many) in [("h1", 1), ("main", 1), ("title", 1)] {
            if self.all(name).count() != many {
                wrong.push(format!("{} × {name}", self.all(name).count()));
            }
        }
        self.look_at_headings(&mut wrong);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn look_at(&self, element: &Element, ids: &BTreeSet<&str>, wrong: &mut Vec<String>) {
        let name = &element.name;
        for (key, value) in &element.attributes {
            if key == "style" || key.starts_with("on") {
                wrong.push(format!("<{name}> has {key}, which the CSP forbids"));
            }
            let refers = matches!(
                key.as_str(),
                "for" | "aria-describedby" | "aria-labelledby" | "list"
            );
            let in_page = (key == "href").then(|| value.strip_prefix('#')).flatten();
            let referred = if refers {
                Some(value.as_str())
            } else {
                in_page
            };
            for id in referred.unwrap_or_default().split_whitespace() {
                if !ids.contains(id) {
                    wrong.push(format!("<{name} {key}> refers to {id}, which is not there"));
                }
            }
        }
        let hidden = element.get("type") == Some("hidden");
        let named = element.get("aria-label").is_some() || element.get("aria-labelledby").is_some();
        if matches!(name.as_str(), "input" | "select" | "textarea") && !hidden && !named {
            let labelled = element
                .get("id")
                .is_some_and(|id| self.all("label").any(|label| label.get("for") == Some(id)));
            if !labelled {
                wrong.push(format!("a field has no label: {:?}", element.attributes));
            }
        }
        if matches!(name.as_str(), "progress" | "meter") && !named {
            wrong.push("a bar has no label".to_owned());
        }
        if name == "img" && element.get("alt").is_none() {
            wrong.push("a picture has no alt".to_owned());
        }
        if matches!(
            name.as_str(),
            "a" | "button" | "th" | "label" | "legend" | "caption"
        ) && element.text.trim().is_empty()
            && !named
        {
            wrong.push(format!("an empty <{name}>"));
        }
        if name == "script" && element.get("src").is_none() {
            wrong.push("a script in the page, which the CSP forbids".to_owned());
        }
        if name == "table"
            && !self.elements.iter().any(|each| {
                each.name == "caption"
                    && each
                        .inside
                        .last()
                        .is_some_and(|at| std::ptr::eq(&self.elements[*at], element))
            })
        {
            wrong.push("a table has no caption".to_owned());
        }
    }

    /// No level is skipped on the way down.
    fn look_at_headings(&self, wrong: &mut Vec<String>) {
        let mut last = 0;
        for element in &self.elements {
            let level = match element.name.as_str() {
                "h1" => 1,
                "h2" => 2,
                "h3" => 3,
                "h4" => 4,
                _ => continue,
            };
            if level > last + 1 {
                wrong.push(format!("{} comes after h{last}", element.text.trim()));
            }
            last = level;
        }
    }
}

/// The element that begins here (behind its `<`), and what follows its tag.
fn start_tag<'a>(text: &'a str, open: &[usize]) -> (Element, &'a str) {
    let name_end = text
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .expect("a tag ends");
    let mut element = Element {
        name: text[..name_end].to_lowercase(),
        attributes: Vec::new(),
        inside: open.to_vec(),
        text: String::new(),
        closed: false,
    };
    assert!(name_end > 0, "a < that begins no tag: {:.40}", text);
    let mut rest = &text[name_end..];
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (element, after);
        }
        if let Some(after) = rest.strip_prefix("/>") {
            // Only pictures inside the page, which are XML, have such.
            element.closed = true;
            return (element, after);
        }
        let end = rest
            .find(['=', '>', ' ', '\n', '/'])
            .expect("an attribute ends");
        let key = rest[..end].to_lowercase();
        assert!(!key.is_empty(), "not an attribute: {rest:.40}");
        let twice = element.attributes.iter().any(|(name, _)| *name == key);
        assert!(!twice, "<{}> has {key} twice", element.name);
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            if let Some(after) = after.strip_prefix('"') {
                let end = after.find('"').expect("a value ends");
                value = unescaped(&after[..end]);
                rest = &after[end + 1..];
                assert!(
                    rest.starts_with(['>', ' ', '\n', '/']),
                    "no space behind {key}"
                );
            } else {
                let end = after.find(['>', ' ', '\n']).expect("a value ends");
                value = unescaped(&after[..end]);
                rest = &after[end..];
            }
        }
        element.attributes.push((key, value));
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}
