namespace Stackmeta;

/// <summary>The forms in which commands print what they found.</summary>
enum OutputFormat
{
    /// <summary>For eyes: columns, no lines around them, as <c>ip</c> and <c>systemctl</c> print; no wider than the terminal.</summary>
    Table,

    /// <summary>The same, as wide as its widest cells.</summary>
    Wide,

    /// <summary>For shells: values alone, without heads.</summary>
    Value,

    /// <summary>For programs: one JSON document.</summary>
    Json,

    /// <summary>The same document as YAML.</summary>
    Yaml,
}
