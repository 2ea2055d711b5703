using System.Collections.Immutable;
using System.Text;
using Stackmeta.Core.Logging;

namespace Stackmeta.OpenStack;

/// <summary>
/// OpenStack's configuration files, laid over each other as oslo.config does: a later file wins over an earlier one, the last
/// assignment in a file over those before it, and a variable <c>OS_GROUP__OPTION</c> of the environment over all.
/// </summary>
public sealed class OsloConfiguration
{
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly ImmutableArray<ImmutableArray<ConfigurationEntry>> _files;
    readonly Func<string, string?> _environment;

    OsloConfiguration(ImmutableArray<ImmutableArray<ConfigurationEntry>> files, Func<string, string?>? environment)
    {
        _files = files;
        _environment = environment ?? (_ => null);
    }

    /// <summary>Reads files and folders in the order of the command line; of a folder, all <c>*.conf</c> by name.</summary>
    /// <param name="paths">What <c>--config-file</c> and <c>--config-dir</c> name.</param>
    /// <param name="environment">Looks up a variable of the environment; null for an empty environment.</param>
    /// <exception cref="ConfigurationException">A file is missing, not readable, not UTF-8, or no configuration file.</exception>
    public static OsloConfiguration Read(IEnumerable<string> paths, Func<string, string?>? environment = null)
    {
        var files = ImmutableArray.CreateBuilder<ImmutableArray<ConfigurationEntry>>();
        foreach (var file in paths.SelectMany(Expand))
        {
            files.Add([.. ConfigurationParser.Parse(file, ReadText(file))]);
        }
        return new(files.ToImmutable(), environment);
    }

    /// <summary>The same from text at hand.</summary>
    internal static OsloConfiguration Of(
        IEnumerable<(string File, string Text)> files,
        Func<string, string?>? environment = null
    ) =>
        new([.. files.Select(file => ConfigurationParser.Parse(file.File, file.Text).ToImmutableArray())], environment);

    /// <summary>All assignments, in the order of reading.</summary>
    internal IEnumerable<ConfigurationEntry> Entries => _files.SelectMany(file => file);

    /// <summary>
    /// The assignments that give an option its value: one, or all in order for a multi-valued option. Within a file the current
    /// name wins over the deprecated ones.
    /// </summary>
    internal ImmutableArray<ConfigurationEntry> Find(OptionDefinition option)
    {
        var variable = $"OS_{option.Group.ToUpperInvariant()}__{option.Name.ToUpperInvariant()}";
        if (_environment(variable) is { } value)
        {
            return [new(option.Group, option.Name, value, new($"environment variable {variable}", 0))];
        }
        var found = ImmutableArray.CreateBuilder<ConfigurationEntry>();
        foreach (var file in option.IsMultiple ? _files : _files.Reverse())
        {
            foreach (var (group, name) in option.Names)
            {
                var here = file.Where(entry => entry.Group == group && entry.Name == name).ToList();
                if (option.IsMultiple)
                {
                    found.AddRange(here);
                }
                else if (here.Count > 0)
                {
                    return [here[^1]];
                }
            }
        }
        return found.ToImmutable();
    }

    static IEnumerable<string> Expand(string path)
    {
        try
        {
            return Directory.Exists(path) ? Directory.GetFiles(path, "*.conf").Order(StringComparer.Ordinal) : [path];
        }
        catch (Exception error) when (SystemReason.IsOfFile(error))
        {
            throw new ConfigurationException($"{path}: {SystemReason.Of(error)}", error);
        }
    }

    static string ReadText(string file)
    {
        try
        {
            return File.ReadAllText(file, StrictUtf8);
        }
        catch (DecoderFallbackException error)
        {
            throw new ConfigurationException($"{file}: the file is not UTF-8", error);
        }
        catch (Exception error) when (SystemReason.IsOfFile(error))
        {
            throw new ConfigurationException($"{file}: {SystemReason.Of(error, file)}", error);
        }
    }
}
