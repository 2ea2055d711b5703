using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.Core.Lookups;

/// <summary>
/// What a look at the machine yields: it was found, it is absent, or nobody knows since one could not look (out of descriptors or memory, a
/// disk that fails, missing rights). What is unknown is never taken for absent: it is looked at again.
/// </summary>
public readonly record struct Lookup<T>
{
    readonly T? _value;
    readonly State _state;

    Lookup(State state, T? value, string? reason) => (_state, _value, Reason) = (state, value, reason);

    enum State
    {
        // First, so that a value that nobody set says nothing.
        Unknown,
        Absent,
        Found,
    }

    public bool IsAbsent => _state == State.Absent;

    public bool IsUnknown => _state == State.Unknown;

    /// <summary>Why one could not look; null when one could.</summary>
    public string? Reason { get; }

    internal static Lookup<T> Absent => new(State.Absent, default, null);

    internal static Lookup<T> Found(T value) => new(State.Found, value, null);

    internal static Lookup<T> Unknown(string reason) => new(State.Unknown, default, reason);

    public bool IsFound([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return _state == State.Found;
    }

    /// <summary>What is known of a part of it, or of something that follows from it.</summary>
    public Lookup<TOther> Then<TOther>(Func<T, Lookup<TOther>> next) =>
        _state switch
        {
            State.Found => next(_value!),
            State.Absent => Lookup<TOther>.Absent,
            _ => Lookup<TOther>.Unknown(Reason ?? ""),
        };

    /// <summary>What was found, or the default for what is absent.</summary>
    /// <exception cref="LookupException">One could not look.</exception>
    public T? OrDefault() => IsUnknown ? throw new LookupException(Reason ?? "it could not be looked at") : _value;
}

/// <summary>Looks, and tells "it is not there" from "one could not look".</summary>
public static class Lookup
{
    // errno.h: what the kernel says of what is not there. ESRCH is a process that has ended while its files in /proc were open.
    const int NoSuchEntry = 2;
    const int NoSuchProcess = 3;
    const int NotADirectory = 20;

    public static Lookup<T> Found<T>(T value) => Lookup<T>.Found(value);

    public static Lookup<T> Absent<T>() => Lookup<T>.Absent;

    /// <param name="reason">Why one could not look, for people.</param>
    public static Lookup<T> Unknown<T>(string reason) => Lookup<T>.Unknown(reason);

    /// <param name="look">Fails with the framework's own exceptions.</param>
    public static Lookup<T> Of<T>(Func<T> look)
    {
        try
        {
            return Lookup<T>.Found(look());
        }
        catch (Exception e) when (IsAbsence(e))
        {
            return Lookup<T>.Absent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return Lookup<T>.Unknown(e.Message);
        }
    }

    /// <summary>Whether a failure says that something is not there.</summary>
    public static bool IsAbsence(Exception failure) =>
        failure switch
        {
            FileNotFoundException or DirectoryNotFoundException => true,
            // The framework puts the error number of other failures there.
            IOException io => IsAbsence(io.HResult),
            Win32Exception native => IsAbsence(native.NativeErrorCode),
            _ => false,
        };

    static bool IsAbsence(int error) => error is NoSuchEntry or NoSuchProcess or NotADirectory;
}

/// <summary>Something had to be known and could not be looked at.</summary>
public sealed class LookupException(string message) : IOException(message);
