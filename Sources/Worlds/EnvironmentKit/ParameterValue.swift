// Parameters are written as values of settings, which an author's file has without another import.
@_exported public import enum Settings.ParameterValue
