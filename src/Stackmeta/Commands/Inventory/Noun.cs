using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>One kind of entry as commands speak of it. What is the same for all kinds is in <see cref="EntryCommands"/>.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">What entries of the kind are.</param>
/// <param name="needsName">Whether <c>create</c> asks for a name.</param>
abstract class Noun<T>(string name, string description, bool needsName)
    where T : class
{
    public string Name => name;

    /// <summary>For example "an instance".</summary>
    public string WithArticle => (name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + name;

    public string Description => description;

    public bool NeedsName => needsName;

    public abstract IEntries<T> Of(IInventory inventory);

    /// <summary>What <c>create</c> begins with.</summary>
    public abstract T New(string name);

    /// <summary>The form of <c>--output json</c>, which is that of the inventory document.</summary>
    public abstract JsonTypeInfo<T> Shape { get; }

    /// <summary>The id of an entry.</summary>
    public abstract string IdOf(T entry);

    /// <summary>A text in it that people edit by itself; null where there is none.</summary>
    public virtual EditedPart<T>? EditedPart => null;

    /// <summary>The heads of the table that <c>list</c> prints.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Whole command lines for the help, by verb: create, list, set.</summary>
    public abstract (string Create, string List, string Set) Examples { get; }

    /// <summary>The rows of that table.</summary>
    public abstract ValueTask<IEnumerable<IReadOnlyList<string?>>> RowsAsync(
        IInventory inventory,
        IReadOnlyList<T> entries,
        CancellationToken cancellationToken
    );

    /// <summary>What <c>show</c> tells besides the entry itself: what belongs to it and is kept elsewhere.</summary>
    public virtual ValueTask<IEnumerable<(string Name, JsonNode Value)>> FurtherAsync(
        IInventory inventory,
        T entry,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<IEnumerable<(string, JsonNode)>>([]);

    /// <summary>The options that a new entry is made with, or a present one changed.</summary>
    public abstract EntryOptions<T> Options(bool isNew);

    /// <summary>The options by which <c>unset</c> removes items of lists; null for a kind without lists.</summary>
    public virtual EntryOptions<T>? UnsetOptions() => null;

    /// <summary>The options by which <c>list</c> leaves entries out.</summary>
    public virtual ListFilter<T> Filter() => new();

    /// <summary>What is not for a list: large or secret values.</summary>
    public virtual T ForList(T entry) => entry;
}

/// <summary>A text in an entry that <c>edit</c> opens by itself.</summary>
/// <param name="Option">The option that asks for it.</param>
/// <param name="Description">Of the option.</param>
/// <param name="Read">Takes it out of an entry.</param>
/// <param name="Check">Reads it from a file, as <c>set</c> does; warnings go to the writer.</param>
/// <param name="Write">Puts it into an entry.</param>
sealed record EditedPart<T>(
    string Option,
    string Description,
    Func<T, byte[]> Read,
    Func<string, TextWriter, byte[]> Check,
    Func<T, byte[], T> Write
);

/// <summary>The options of <c>create</c> or <c>set</c> for one kind of entry.</summary>
abstract class EntryOptions<T>
    where T : class
{
    public abstract IEnumerable<Option> All { get; }

    /// <summary>
    /// Reads what the command line says, files too, and returns how it changes an entry. What is not said stays. Nothing is read
    /// any more when the change is made, since others wait meanwhile.
    /// </summary>
    /// <exception cref="CommandException">A value cannot be read.</exception>
    public abstract Func<T, T> Read(ParseResult parsed);

    /// <summary>Does the rest, in the same transaction: what is no value of the entry itself.</summary>
    public virtual ValueTask<Outcome<T>> FollowAsync(
        ParseResult parsed,
        IInventory inventory,
        T entry,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<Outcome<T>>(entry);
}

/// <summary>Which entries <c>list</c> prints: all, unless a kind has options to choose by.</summary>
class ListFilter<T>
    where T : class
{
    public virtual IEnumerable<Option> All => [];

    public virtual ValueTask<Func<T, bool>> ReadAsync(
        ParseResult parsed,
        IInventory inventory,
        CancellationToken cancellationToken
    ) => ValueTask.FromResult<Func<T, bool>>(_ => true);
}
