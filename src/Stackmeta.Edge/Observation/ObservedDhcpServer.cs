using System.Collections.Immutable;
using System.Globalization;

namespace Stackmeta.Edge;

/// <summary>A network's dnsmasq as it runs now, ours or Neutron's, and the files that it was given.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Hosts">The lines of its <c>--dhcp-hostsfile</c>.</param>
/// <param name="Options">The lines of its <c>--dhcp-optsfile</c>.</param>
public sealed record ObservedDhcpServer(int Process, ImmutableArray<string> Hosts, ImmutableArray<string> Options)
{
    const string HostsOption = "--dhcp-hostsfile=";
    const string OptionsOption = "--dhcp-optsfile=";

    /// <summary>The dnsmasq whose files lie in a folder named after the network, as ours and Neutron's do.</summary>
    /// <returns>Null when none runs.</returns>
    public static ObservedDhcpServer? Find(Guid networkId)
    {
        var folder = $"/{networkId}/";
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && ObservedProcess.ArgumentsOf(process) is [var program, .. var arguments]
                && Path.GetFileName(program) == "dnsmasq"
                && FileOf(arguments, OptionsOption) is { } options
                && options.Contains(folder, StringComparison.Ordinal)
            )
            {
                return new(process, LinesOf(FileOf(arguments, HostsOption)), LinesOf(options));
            }
        }
        return null;
    }

    /// <summary>The lines that give addresses to a MAC.</summary>
    /// <param name="mac">With colons.</param>
    public IEnumerable<string> HostLines(string mac) =>
        Hosts.Where(line => line.StartsWith(mac + ",", StringComparison.OrdinalIgnoreCase));

    /// <summary>The next hop to 169.254.169.254 in the classless static routes (option 121) of a subnet; null when it gives none.</summary>
    /// <param name="subnetId">By which ours and Neutron's dnsmasq tag what is a subnet's.</param>
    public string? NextHop(Guid subnetId)
    {
        const string Route = ",option:classless-static-route,";
        var destination = $"{MetadataAddress.Ipv4}/32";
        var line = Options.FirstOrDefault(line =>
            line.StartsWith($"tag:subnet-{subnetId},", StringComparison.Ordinal)
            && line.Contains(Route, StringComparison.Ordinal)
        );
        if (line is null)
        {
            return null;
        }
        var values = line[(line.IndexOf(Route, StringComparison.Ordinal) + Route.Length)..].Split(',');
        for (var i = 0; i + 1 < values.Length; i += 2)
        {
            if (values[i] == destination)
            {
                return values[i + 1];
            }
        }
        return null;
    }

    static string? FileOf(string[] arguments, string option) =>
        arguments.FirstOrDefault(argument => argument.StartsWith(option, StringComparison.Ordinal))?[option.Length..];

    static ImmutableArray<string> LinesOf(string? file)
    {
        try
        {
            return file is null ? [] : [.. File.ReadLines(file)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
