namespace Stackmeta;

/// <summary>One setting of the program: a row of <see cref="KnownSettings"/>.</summary>
public abstract class Setting
{
    protected Setting(string name, string kind, string defaultText, string description)
    {
        Name = name;
        Kind = kind;
        DefaultText = defaultText;
        Description = description;
    }

    /// <summary>The name in the settings file, sections joined by a dot, for example <c>api.listen</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// What values are right, for error messages and the reference, for example <c>a number of seconds from 0 to 3600</c>.
    /// </summary>
    public string Kind { get; }

    /// <summary>The value that holds when nothing is set, as one would write it.</summary>
    public string DefaultText { get; }

    /// <summary>What the setting does, in a sentence.</summary>
    public string Description { get; }

    /// <summary>Whether another value holds from a reload on (SIGHUP), and not only from the next start on.</summary>
    public bool IsLive { get; init; }

    /// <summary>What an empty value means, in some words; empty where it cannot be empty, or something else is found then.</summary>
    public string EmptyMeans { get; init; } = "";

    /// <summary>The environment variable that sets it.</summary>
    public string EnvironmentName => Prefix + Name.ToUpperInvariant().Replace('.', '_');

    /// <summary>What all environment variables of the program begin with.</summary>
    public const string Prefix = "STACKMETA_";

    /// <summary>Whether a text is a right value.</summary>
    public abstract bool Accepts(string text);

    /// <summary>A value, right or not, as it may be printed: without what is secret.</summary>
    public abstract string Show(string text);
}

/// <summary>A setting whose value is a <typeparamref name="T"/>.</summary>
public sealed class Setting<T>(string name, SettingKind<T> kind, string defaultText, string description)
    : Setting(name, kind.Description, defaultText, description)
{
    public override bool Accepts(string text) => kind.TryParse(text, out _);

    public override string Show(string text) => kind.Shown(text);

    /// <summary>The value of a text that was accepted before.</summary>
    /// <exception cref="FormatException">The text was not accepted.</exception>
    public T Parse(string text) =>
        kind.TryParse(text, out var value) ? value : throw new FormatException($"{Name} must be {Kind}.");
}

/// <summary>How texts become values of a kind, and how that kind is described.</summary>
public sealed record SettingKind<T>(string Description, SettingParser<T> TryParse)
{
    /// <summary>Leaves out what is secret of a text.</summary>
    public Func<string, string> Shown { get; init; } = static text => text;
}

/// <summary>Makes a value of a text; false when the text is no such value.</summary>
public delegate bool SettingParser<T>(string text, out T value);
